/**
 * The one error type that crosses module, process and network borders.
 * A message says what happened, why, and what the user can do; `code` is stable and is what programs test.
 */

export const errorCodes = [
  'ffmpeg-missing',
  'source-missing',
  'source-unreadable',
  'source-empty',
  'source-no-video',
  'source-truncated',
  'source-changed',
  'address-forbidden',
  'address-missing',
  'address-unreachable',
  'address-timeout',
  'camera-unavailable',
  'camera-forbidden',
  'frame-out-of-range',
  'decode-failed',
  'encode-failed',
  'output-unwritable',
  'output-exists',
  'disk-full',
  'model-missing',
  'model-corrupt',
  'model-tampered',
  'model-mismatch',
  'checkpoint-refused',
  'checkpoint-unsupported',
  'download-failed',
  'inference-failed',
  'out-of-memory',
  'prompt-outside-frame',
  'prompt-invalid',
  'object-unknown',
  'object-locked',
  'session-unknown',
  'busy',
  'engine-lost',
  'not-allowed',
  'bad-request',
  'cancelled',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface SerializedError {
  code: ErrorCode;
  message: string;
  details?: Record<string, unknown> | undefined;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.details = options.details;
  }

  /** Plain data for a message; the stack and the cause stay in the process that logged them. */
  serialize(): SerializedError {
    return this.details === undefined
      ? { code: this.code, message: this.message }
      : { code: this.code, message: this.message, details: this.details };
  }

  static deserialize(data: SerializedError): AppError {
    return new AppError(data.code, data.message, data.details === undefined ? {} : { details: data.details });
  }

  /** Any thrown value as an AppError; what is not one already becomes `internal`. */
  static from(error: unknown): AppError {
    if (error instanceof AppError) return error;
    if (error instanceof Error && error.name === 'AbortError')
      return new AppError('cancelled', 'The work was cancelled.', { cause: error });
    return new AppError('internal', error instanceof Error ? error.message : String(error), { cause: error });
  }
}
