/** What the folder of an export is called. */
import { describe, expect, it } from 'vitest';
import { exportFolderName } from './export-service.ts';

describe('exportFolderName', () => {
  it('is the clip and the time, safe on every file system', () => {
    expect(exportFolderName('/a/My clip.mp4', new Date('2026-01-02T03:04:05Z'))).toBe('My clip 2026-01-02 03.04.05');
  });
});
