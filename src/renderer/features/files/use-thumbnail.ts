/** The picture of a file, asked for when its card is first in view. */
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { FileEntry } from '../../../shared/files.ts';
import { useApp } from '../../app/app-context.ts';

/** @returns what to watch, and the picture's address, null while or when there is none */
export const useThumbnail = ({ path, kind }: FileEntry): [RefObject<HTMLLIElement | null>, string | null] => {
  const { client } = useApp();
  const card = useRef<HTMLLIElement>(null);
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!card.current || (kind !== 'video' && kind !== 'picture')) return;
    let isWanted = true;
    const watcher = new IntersectionObserver((seen) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
      watcher.disconnect();
      // Without its picture the card still has its name.
      client.call('files.thumbnail', { path }).then(
        (answer) => isWanted && setUrl(answer.url),
        () => {},
      );
    });
    watcher.observe(card.current);
    return () => {
      isWanted = false;
      watcher.disconnect();
    };
  }, [client, path, kind]);
  return [card, url];
};
