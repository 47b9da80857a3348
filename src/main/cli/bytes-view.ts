/**
 * Progress of a download in bytes, with speed and time left: one line that changes on a terminal, a line a tenth on a
 * pipe.
 */

import { formatBytes } from '../../shared/format-bytes.ts';
import { RateMeter } from '../services/base/rate-meter.ts';
import type { InstallProgress } from '../services/models/install-run.ts';
import { formatEta } from './terminal.ts';

const phases: Record<InstallProgress['phase'], string> = {
  connecting: 'connecting',
  transferring: '',
  waiting: 'connection lost, retrying in a moment',
  checking: 'checking',
  binding: 'binding to the graphs',
};

export class BytesView {
  readonly #title: string;
  #meter = new RateMeter();
  #phase: InstallProgress['phase'] | null = null;
  #lastTenth = -1;
  #width = 0;

  constructor(title: string) {
    this.#title = title;
  }

  show({ phase, done, total }: InstallProgress): void {
    const isNewPhase = phase !== this.#phase;
    if (isNewPhase) this.#meter = new RateMeter();
    this.#phase = phase;
    this.#meter.add(done, performance.now());
    const tenth = total > 0 ? Math.floor((done * 10) / total) : 0;
    if (!process.stderr.isTTY && !isNewPhase && tenth === this.#lastTenth) return;
    this.#lastTenth = tenth;
    this.#write(`${this.#title}: ${this.#text(phase, done, total)}`);
  }

  end(): void {
    if (process.stderr.isTTY && this.#width > 0) process.stderr.write('\n');
    this.#width = 0;
  }

  #text(phase: InstallProgress['phase'], done: number, total: number): string {
    const amount = total > 0 ? `${formatBytes(done)} of ${formatBytes(total)}` : formatBytes(done);
    const rate = this.#meter.perSecond;
    const speed =
      rate === null || phase === 'waiting'
        ? ''
        : `, ${formatBytes(rate)}/s, ETA ${formatEta(total > 0 ? ((total - done) * 1000) / rate : null)}`;
    return [phases[phase], done > 0 || phase === 'transferring' ? `${amount}${speed}` : ''].filter(Boolean).join(', ');
  }

  #write(line: string): void {
    if (!process.stderr.isTTY) {
      process.stderr.write(`${line}\n`);
      return;
    }
    process.stderr.write(`\r${line.padEnd(this.#width)}`);
    this.#width = line.length;
  }
}
