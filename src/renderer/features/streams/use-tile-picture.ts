/** The newest picture of a stream on a small canvas, a second apart: eyes on a wall need no more. */
import { type RefObject, useEffect, useRef } from 'react';
import { useApp } from '../../app/app-context.ts';
import { canvasOf } from '../timeline/thumbnail-canvas.ts';

const everyMs = 1_000;
const size = { maxWidth: 320, maxHeight: 180 };
/** Far from those of the player and of the timeline's thumbnails. */
let nextRequest = 0xf000_0000;

/** @param newest the number of its newest frame; null: it has none */
export const useTilePicture = (sessionId: string | null, newest: number | null): RefObject<HTMLCanvasElement | null> => {
  const { client } = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef(newest);
  frame.current = newest;
  useEffect(() => {
    if (sessionId === null) return;
    let asked = -1;
    const off = client.onFrame((message) => {
      if (message.requestId !== asked || message.sessionId !== sessionId || message.width === 0 || !canvas.current) return;
      canvas.current.width = message.width;
      canvas.current.height = message.height;
      canvas.current.getContext('2d')?.drawImage(canvasOf(message), 0, 0);
    });
    const ask = (): void => {
      if (frame.current === null) return;
      asked = nextRequest++;
      // A frame that has just left the buffer is left out; the next one comes in a second.
      client.call('frame.get', { sessionId, requestId: asked, frame: frame.current, ...size }).catch(() => {});
    };
    ask();
    const timer = setInterval(ask, everyMs);
    return () => {
      off();
      clearInterval(timer);
    };
  }, [client, sessionId]);
  return canvas;
};
