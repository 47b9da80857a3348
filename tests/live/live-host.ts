/** An app that is live, with an object that is followed, and says which masks are kept, until it is killed. */
import { LiveApp } from './live-app.ts';

const [folder, url] = process.argv.slice(2) as [string, string];
const app = await LiveApp.start(folder);
await app.services.live.start({ kind: 'network', url }, app);
await app.untilFrame(2);
await app.click(1);
app.services.sessions.store(app.services.sessions.latest.id).subscribe((session) => {
  const last = session.objects[0]?.results.at(-1)?.[1];
  if (last !== undefined) process.stdout.write(`${last}\n`);
});
