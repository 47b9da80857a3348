/** A format that other programs read: one file, or a folder with a file for each frame. */
export interface FormatFile {
  /** Inside the format's folder, with "/". */
  name: string;
  text: string;
}
