/** The rooms of the services: a folder each, at most twenty, and none that is imported by what it imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const services = resolve(import.meta.dirname, '../../src/main/services');

const roomOf = (path: string): string => relative(services, path).split(sep)[0]!;

/** Which rooms each room imports, types included; tests and their helpers aside. */
const roomImports = (): Map<string, Set<string>> => {
  const rooms = new Map<string, Set<string>>();
  const files = readdirSync(services, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.split(sep).includes('testing'));
  for (const path of files) {
    const room = roomOf(path);
    const imported = rooms.get(room) ?? new Set<string>();
    rooms.set(room, imported);
    for (const [, target] of readFileSync(path, 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)'/g)) {
      const file = resolve(dirname(path), target!);
      if (file.startsWith(services + sep) && roomOf(file) !== room) imported.add(roomOf(file));
    }
  }
  return rooms;
};

/** A way from a room back to itself, e.g. `a > b > a`; null where there is none. */
const findCircle = (rooms: ReadonlyMap<string, ReadonlySet<string>>): string | null => {
  const isDone = new Set<string>();
  const walk = (room: string, way: readonly string[]): string | null => {
    if (way.includes(room)) return [...way.slice(way.indexOf(room)), room].join(' > ');
    if (isDone.has(room)) return null;
    for (const next of rooms.get(room) ?? []) {
      const circle = walk(next, [...way, room]);
      if (circle) return circle;
    }
    isDone.add(room);
    return null;
  };
  for (const room of rooms.keys()) {
    const circle = walk(room, []);
    if (circle) return circle;
  }
  return null;
};

describe('the rooms of the services', () => {
  const rooms = roomImports();

  it('are folders, at most twenty', () => {
    expect([...rooms.keys()].filter((room) => room.endsWith('.ts'))).toEqual([]);
    expect(rooms.size).toBeGreaterThan(12);
    expect(rooms.size).toBeLessThanOrEqual(20);
  });

  it('are not imported by what they import', () => {
    expect(findCircle(rooms)).toBeNull();
    expect(
      findCircle(
        new Map([
          ['a', new Set(['b'])],
          ['b', new Set(['c'])],
          ['c', new Set(['a'])],
        ]),
      ),
    ).toBe('a > b > c > a');
  });

  it('are put together by app, which nobody imports', () => {
    expect([...rooms].filter(([, imported]) => imported.has('app')).map(([room]) => room)).toEqual([]);
  });
});
