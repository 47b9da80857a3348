/** Lines of the app's log as they are shown. A line is "2026-11-23T16:10:48.000Z warning text". */
export type LogFilter = 'all' | 'warning' | 'error';

export interface LogLine {
  /** Place in the log, to tell equal lines apart. */
  index: number;
  time: string;
  level: 'info' | 'warning' | 'error';
  text: string;
}

export const parseLine = (line: string, index: number): LogLine => {
  const match = /^(\S+) (info|warning|error) (.*)$/s.exec(line);
  return match
    ? { index, time: match[1]!, level: match[2] as LogLine['level'], text: match[3]! }
    : { index, time: '', level: 'info', text: line };
};

/** Lines of at least that level that hold every word, in their order. */
export const filterLines = (lines: readonly string[], filter: LogFilter, query: string): LogLine[] => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return lines
    .map(parseLine)
    .filter(({ level }) => filter === 'all' || level === 'error' || level === filter)
    .filter(({ time, level, text }) => words.every((word) => `${time} ${level} ${text}`.toLowerCase().includes(word)));
};
