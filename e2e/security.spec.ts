/** What a page could try if something foreign got into it: the policy of the host stops it, in a real browser. */
import { expect, test } from './host-fixture.ts';

test('the page has no Node, and breaks no rule of its own policy', async ({ app }) => {
  await app.evaluate(() => {
    const broken: string[] = [];
    Object.assign(globalThis, { broken });
    document.addEventListener('securitypolicyviolation', (event) => broken.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  expect(await app.evaluate(() => ['require', 'process', 'module', 'Buffer', 'global'].filter((name) => name in globalThis))).toEqual([]);
  await app.getByRole('button', { name: 'Open the sample clip' }).click();
  await expect(app.getByRole('application').or(app.locator('canvas')).first()).toBeVisible();
  await app.keyboard.press('Control+k');
  await app.keyboard.press('Escape');
  expect(await app.evaluate(() => (globalThis as unknown as { broken: string[] }).broken)).toEqual([]);
});

test('foreign code, places and frames are refused', async ({ page, host, app }) => {
  test.skip(host !== 'web', 'the fixture counts every violation as a failure there');
  // A page of its own, which has the policy and no token: the fixture holds the other one to having no violation.
  const other = await page.context().newPage();
  await other.goto(page.url());
  const tried = await other.evaluate(async () => {
    const broken: string[] = [];
    Object.assign(globalThis, { broken });
    document.addEventListener('securitypolicyviolation', (event) => broken.push(event.effectiveDirective));
    const thrown = (work: () => unknown): boolean => {
      try {
        work();
        return false;
      } catch {
        return true;
      }
    };
    const outcome = {
      // In a task of the page: what the test's own protocol runs may evaluate.
      evaluated: await new Promise((done) => setTimeout(() => done(!thrown(() => new Function('return 1')())))),
      html: !thrown(() => {
        document.createElement('div').innerHTML = '<img src=x onerror=alert(1)>';
      }),
      fetched: await fetch('https://example.org/').then(
        () => true,
        () => false,
      ),
    };
    const script = document.createElement('script');
    Object.assign(globalThis, { ranInline: false });
    const text = document.createTextNode('globalThis.ranInline = true');
    script.append(text);
    document.body.append(script);
    const frame = document.createElement('iframe');
    frame.src = 'https://example.org/';
    const isFrameRefused = new Promise<void>((done) =>
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => effectiveDirective === 'frame-src' && done()),
    );
    document.body.append(frame);
    await isFrameRefused;
    const style = document.createElement('style');
    style.textContent = 'body { display: none }';
    document.head.append(style);
    const image = new Image();
    image.src = 'https://example.org/a.png';
    await new Promise((done) => {
      image.onerror = done;
    });
    return {
      ...outcome,
      ranInline: (globalThis as unknown as { ranInline: boolean }).ranInline,
      hidden: getComputedStyle(document.body).display,
    };
  });
  expect(tried).toMatchObject({ evaluated: false, html: false, fetched: false, ranInline: false });
  expect(tried.hidden).not.toBe('none');
  // Each is told in a task of its own, which may come behind what was awaited.
  await expect
    .poll(() => other.evaluate(() => (globalThis as unknown as { broken: string[] }).broken))
    .toEqual(expect.arrayContaining(['connect-src', 'frame-src', 'img-src', 'style-src-elem']));
  await other.close();
  await expect(app.getByRole('button', { name: 'Open the sample clip' })).toBeVisible();
});

test('the token does not stay in the address', async ({ app, host }) => {
  test.skip(host !== 'web', 'the desktop has no token');
  expect(new URL(app.url()).searchParams.has('token')).toBe(false);
});
