/** Which files are videos, by their names: for lists of what could be opened. What opens is up to ffmpeg. */
import { extname } from 'node:path';

const extensions = new Set('mp4 m4v mov mkv webm avi mpg mpeg ts mts m2ts wmv flv ogv gif 3gp mxf'.split(' '));

export const isVideoName = (name: string): boolean => extensions.has(extname(name).slice(1).toLowerCase());
