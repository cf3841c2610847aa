/** What the generator knows of GL's C types: how many bytes each takes on the wire. */

const BYTES: Readonly<Record<string, number>> = {
  GLenum: 4,
  GLboolean: 1,
  GLbitfield: 4,
  GLbyte: 1,
  GLubyte: 1,
  GLshort: 2,
  GLushort: 2,
  GLint: 4,
  GLuint: 4,
  GLclampx: 4,
  GLsizei: 4,
  GLfloat: 4,
  GLclampf: 4,
  GLdouble: 8,
  GLclampd: 8,
  GLchar: 1,
  GLcharARB: 1,
  GLhandleARB: 4,
  GLhalf: 2,
  GLhalfARB: 2,
  GLhalfNV: 2,
  GLfixed: 4,
  GLintptr: 8,
  GLintptrARB: 8,
  GLsizeiptr: 8,
  GLsizeiptrARB: 8,
  GLint64: 8,
  GLint64EXT: 8,
  GLuint64: 8,
  GLuint64EXT: 8,
  GLvdpauSurfaceNV: 8,
  void: 1,
  GLvoid: 1,
};

/** Undefined for a type that does not travel as a number. */
export const bytesOf = (type: string): number | undefined => BYTES[type];

/** The registry's typedefs without khrplatform.h. */
export const typedefAsC = (text: string): string =>
  text
    .replace(/khronos_u?int(8|16)_t/g, (t) =>
      t.includes("8")
        ? t.includes("uint")
          ? "unsigned char"
          : "signed char"
        : t.includes("uint")
          ? "unsigned short"
          : "short",
    )
    .replace(/khronos_(u?int(?:32|64)_t)/g, "$1")
    .replace(/khronos_float_t/g, "float")
    .replace(/khronos_(?:intptr|ssize)_t/g, "long")
    .replace(/\( \*/g, "(*");
