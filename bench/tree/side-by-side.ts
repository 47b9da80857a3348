/**
 * One process a sequence, two at a time with one thread each: the least time in all on two cores, with the same
 * numbers, since a run does not depend on what runs beside it.
 */
import { spawn } from 'node:child_process';

/** Marks the line of a child that carries its answer. */
const mark = '@result ';

/** What the parent reads from the child's output. */
export const tellParent = (answer: unknown): void => console.log(mark + JSON.stringify(answer));

const runChild = (options: readonly string[]): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...process.argv.slice(2), ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => {
      const line = output.split('\n').find((text) => text.startsWith(mark));
      if (code === 0 && line !== undefined) resolve(JSON.parse(line.slice(mark.length)));
      else reject(new Error(`the measurement with ${options.join(' ')} ended with code ${code}`));
    });
  });

/** The answers of one child per sequence, in the order of `names`. `onDone` is told of each as it comes. */
export const measureSideBySide = async <T>(names: readonly string[], jobs: number, onDone: (name: string) => void): Promise<T[]> => {
  const answers = new Array<T>(names.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < names.length) {
      const at = next++;
      answers[at] = (await runChild(['--child', names[at]!])) as T;
      onDone(names[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, names.length) }, work));
  return answers;
};
