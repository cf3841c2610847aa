// The logger that rooms are given; pino's fits. Named here so that no room depends on pino.

interface Write {
  (fields: object, message: string): void;
  (message: string): void;
}

export interface Logger {
  readonly trace: Write;
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  readonly fatal: Write;
  /** A logger that adds `fields` to every line. */
  child(fields: object): Logger;
}
