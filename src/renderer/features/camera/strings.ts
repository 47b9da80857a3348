/** Words of the camera. */
export const cameraText = {
  title: 'Camera',
  about:
    'Track objects while the camera runs, or record first. Either way the recording stays on this machine and opens as a clip when you stop.',
  camera: 'Camera',
  unnamed: (n: number): string => `Camera ${n}`,
  preview: 'Camera preview',
  starting: 'Starting the camera…',
  record: 'Record',
  trackLive: 'Track live',
  noPreview: 'The picture appears when you start.',
  stop: 'Stop and open',
  cancel: 'Cancel',
  discard: 'Discard',
  again: 'Try again',
  recording: (time: string): string => `Recording, ${time}`,
  opening: 'Opening the recording…',
  errors: {
    NotAllowedError: 'The camera is blocked. Allow it, then try again:',
    NotFoundError: 'No camera was found. Connect one, then try again.',
    NotReadableError: 'The camera is in use by another program or does not respond. Close the other program, then try again.',
    OverconstrainedError: 'That camera is no longer connected. Choose another.',
  } as Record<string, string>,
  /** What to do about a camera that is not allowed. */
  steps: {
    page: 'In the browser, click the icon beside the address and allow the camera for this page.',
    windows:
      'In Windows, open Settings > Privacy & security > Camera; "Camera access" and "Let desktop apps access your camera" must be on.',
    mac: (program: string): string => `In macOS, open System Settings > Privacy & Security > Camera and switch on ${program}.`,
    linux: 'In Linux, your user needs permission to use /dev/video0: "sudo usermod -aG video $USER", then log in again.',
    thisApp: 'SAM2 Video',
    browser: 'your browser',
  },
  noCameras: "This page can't use a camera. Open it at its own address on this machine.",
  failed: (reason: string): string => `The camera could not start: ${reason}`,
};
