/** Words of opening a clip. */
export const openText = {
  dropInBrowser: (name: string): string =>
    `A browser does not tell where "${name}" lies. Type its path on the machine that runs SAM2 Video, or use the desktop app to drop files.`,
};
