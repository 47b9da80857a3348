/** When objects come, go and come back, from which of them each frame shows. Pure. */

type LifeTurn = 'object-born' | 'object-lost' | 'object-found' | 'object-ended';

export class ObjectLives {
  readonly #byStream = new Map<string, Map<number, boolean>>();

  /** @param shown of each object that was tracked on the frame, whether it is there */
  onFrame(stream: string, shown: readonly { id: number; isPresent: boolean }[]): { id: number; turn: LifeTurn }[] {
    const known = this.#byStream.get(stream) ?? new Map<number, boolean>();
    this.#byStream.set(stream, known);
    return shown.flatMap(({ id, isPresent }): { id: number; turn: LifeTurn }[] => {
      const before = known.get(id);
      if (before === undefined && !isPresent) return [];
      known.set(id, isPresent);
      if (before === undefined) return [{ id, turn: 'object-born' }];
      if (before === isPresent) return [];
      return [{ id, turn: isPresent ? 'object-found' : 'object-lost' }];
    });
  }

  /** A stream is gone, and its objects with it. @returns those that have ended */
  end(stream: string): number[] {
    const ids = [...(this.#byStream.get(stream)?.keys() ?? [])];
    this.#byStream.delete(stream);
    return ids;
  }

  get streams(): string[] {
    return [...this.#byStream.keys()];
  }
}
