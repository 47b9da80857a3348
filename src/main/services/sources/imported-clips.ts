/**
 * What the imported clips take on the disk, who uses them, and the removal of those that nobody does. Only the user
 * removes them.
 */
import type { ImportedClip } from '../../../shared/imports.ts';
import type { ImportStore } from './import-store.ts';

export interface ClipUsers {
  /** The text of what points to clips: every known project and every entry of the recents, by name. */
  pointers: () => Promise<readonly { name: string; text: string }[]>;
  /** Paths of the clips that are open. */
  openClips: () => readonly string[];
}

export class ImportedClips {
  readonly #store: ImportStore;
  readonly #users: ClipUsers;

  constructor(store: ImportStore, users: ClipUsers) {
    this.#store = store;
    this.#users = users;
  }

  /** The newest first. */
  async list(): Promise<ImportedClip[]> {
    const clips = await this.#store.list();
    const pointers = await this.#users.pointers();
    const open = this.#users.openClips();
    return clips.map((clip) => ({
      ...clip,
      isOpen: open.includes(clip.path),
      // The name of its folder is in every path that leads to it, in whatever form that is written.
      usedBy: [...new Set(pointers.filter(({ text }) => text.includes(clip.id)).map(({ name }) => name))],
    }));
  }

  /**
   * Removes clips that are neither used nor open; others among them stay.
   * @param ids as {@link list} has them
   */
  async remove(ids: readonly string[]): Promise<{ removed: number; bytes: number }> {
    const unused = (await this.list()).filter(({ id, isOpen, usedBy }) => ids.includes(id) && !isOpen && usedBy.length === 0);
    for (const { id } of unused) await this.#store.remove(id);
    return { removed: unused.length, bytes: unused.reduce((sum, { bytes }) => sum + bytes, 0) };
  }
}
