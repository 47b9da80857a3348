/** Sends what the browser holds to the host, piece by piece, each when the one before has arrived. */
import { uploadPieceBytes } from '../../shared/contract/ids.ts';
import type { Client } from './client.ts';

/** @returns base64 text */
const textOf = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve((reader.result as string).split(',')[1] ?? '');
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });

/** Hands a blob of any length to `send` as pieces of base64. */
export const sendPieces = async (blob: Blob, send: (data: string) => Promise<unknown>): Promise<void> => {
  for (let at = 0; at < blob.size; at += uploadPieceBytes) await send(await textOf(blob.slice(at, at + uploadPieceBytes)));
};

/**
 * The clip is open when this resolves: with its session, or with null when it could not be opened, which its operation
 * explains. Cancelled like every operation, which ends it with an error of the host.
 */
export const sendFile = async (client: Client, file: File): Promise<{ sessionId: string | null }> => {
  const { operationId } = await client.call('upload.begin', { name: file.name, bytes: file.size });
  await sendPieces(file, (data) => client.call('upload.append', { operationId, data, total: file.size }));
  return client.call('upload.finish', { operationId });
};
