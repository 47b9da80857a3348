/** What a session asks of its live source. */
import type { LiveState } from '../../../shared/live.ts';

export interface LiveLink {
  view(): LiveState;
  /** Goes on with a fresh engine; prompts are given to it afterwards. */
  resume(): Promise<void>;
  /** They have been given. */
  resumed(): Promise<void>;
}
