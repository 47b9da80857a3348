/** Resident memory of two processes while something repeats, and whether it grows. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What it may grow by, as a share. */
const mostGrowth = 0.03;

/** MiB */
const residentOf = (pid: number): number => {
  if (process.platform === 'linux') return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
};

interface Sample {
  at: number;
  engine: number;
  host: number;
}

export interface Watch {
  title: string;
  /** What is counted. */
  unit: string;
  /** Between two samples, and between two lines of the table. */
  every: number;
  shownEvery: number;
  /** Buffers are full by then. */
  settled: number;
}

export class ResidentWatch {
  readonly #enginePid: number;
  readonly #watch: Watch;
  readonly #samples: Sample[] = [];
  #next = 0;
  #nextShown = 0;

  constructor(enginePid: number, watch: Watch) {
    this.#enginePid = enginePid;
    this.#watch = watch;
    console.log(`\n## ${watch.title}\n\n| ${watch.unit} | engine MiB | host MiB |\n|---|---|---|`);
  }

  /** @param done so far; may be called as often as one likes */
  at(done: number): void {
    if (done < this.#next) return;
    const { every, shownEvery } = this.#watch;
    this.#next = done + every;
    const sample = { at: done, engine: residentOf(this.#enginePid), host: residentOf(process.pid) };
    this.#samples.push(sample);
    if (done < this.#nextShown) return;
    this.#nextShown = done + shownEvery;
    console.log(`| ${done} | ${sample.engine.toFixed(1)} | ${sample.host.toFixed(1)} |`);
  }

  /**
   * Compares what each process takes at the least in the first and in the last third: what is not collected yet comes
   * and goes.
   * @returns whether both are flat
   */
  verdict(): boolean {
    const { settled, unit } = this.#watch;
    const counted = this.#samples.filter(({ at }) => at > settled);
    const third = Math.floor(counted.length / 3);
    if (third === 0) throw new Error(`this was too short: more than ${settled} ${unit} are needed`);
    const growths = (['engine', 'host'] as const).map((process) => {
      const least = (samples: Sample[]): number => Math.min(...samples.map((sample) => sample[process]));
      const [first, last] = [least(counted.slice(0, third)), least(counted.slice(-third))];
      const growth = last / first - 1;
      const most = Math.max(...counted.map((sample) => sample[process]));
      console.log(
        `${process === 'engine' ? '\n' : ''}${process}: ${first.toFixed(1)} MiB in the first third after ${settled} ${unit}, ${last.toFixed(1)} in the last (${(growth * 100).toFixed(1)} %), at most ${most.toFixed(1)}`,
      );
      return growth;
    });
    return Math.max(...growths) <= mostGrowth;
  }
}
