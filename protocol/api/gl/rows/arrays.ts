/** Vertex arrays, and what draws from them. Both halves shadow their state, so that each knows what a draw reads. */
import type { Row, Rule } from "../model.ts";

const shadow: Row = { shadow: true };
/** The guest says what has changed; pointers into its memory stay there until a draw. */
const pointer: Row = { guest: "custom", shadow: true, args: { pointer: { kind: "array" } } };
const offset: Row = { shadow: true };
const indices: Row["args"] = { indices: { kind: "offset" } };
const indirect: Row["args"] = { indirect: { kind: "offset" } };
const byGuest: Row = { guest: "local", why: "Answered from what the guest knows of its arrays." };
const drawn: Row = { guest: "local", why: "Travels as gfGlDraw, or as draws one by one." };

export const arrays: readonly Rule[] = [
  { match: /^gl(Gen|Create|Delete)VertexArrays$/, row: shadow },
  { match: "glBindVertexArray", row: { shadow: true, guard: "ForgetGuard" } },
  { match: "glDeleteBuffers", row: shadow },
  // The host asks the driver what is bound: a name that is none must not count as a buffer.
  { match: /^gl(BindBuffer|VertexArrayElementBuffer)$/, row: { shadow: true, host: "custom" } },
  { match: /^gl(Enable|Disable)$|^glPrimitiveRestartIndex(NV)?$/, row: shadow },
  { match: "glPrimitiveRestartIndexNV", row: { alias: false } },
  { match: /^gl(ClientActiveTexture|PopClientAttrib|ClientAttribDefaultEXT)$/, row: shadow },
  { match: /^glPushClientAttrib(DefaultEXT)?$/, row: { shadow: true, guard: "ForgetGuard" } },
  { match: /^glPixelStore[if]$/, row: { ...shadow, guard: "PixelStoreGuard" } },
  { match: /^gl(En|Dis)ableClientState((i|Indexed)EXT)?$/, row: shadow },
  { match: /^gl(En|Dis)ableVertex(AttribArray|ArrayAttrib(EXT)?|ArrayEXT)$/, row: shadow },
  {
    match: /^gl(Vertex|Normal|Color|SecondaryColor|FogCoord|Index|EdgeFlag|TexCoord)Pointer$/,
    row: pointer,
  },
  {
    match: /^gl(PointSizePointerOES|MultiTexCoordPointerEXT|VertexAttrib[IL]?Pointer)$/,
    row: pointer,
  },
  { match: /^gl(Vertex|Normal|Color|Index|EdgeFlag|TexCoord)PointerEXT$/, row: drawn },
  { match: /^gl(VertexAttribDivisor|VertexArrayVertexAttribDivisorEXT)$/, row: shadow },
  { match: /^glVertexArray\w+OffsetEXT$/, row: offset },
  { match: /^glVertexAttrib([IL]?Format|Binding)$|^glVertexBindingDivisor$/, row: shadow },
  {
    match: /^glBindVertexBuffers$|^glVertexArrayVertexBuffers$/,
    row: {
      shadow: true,
      args: {
        buffers: { kind: "names", of: "buffer", count: "count" },
        offsets: { kind: "in", count: "count" },
        strides: { kind: "in", count: "count" },
      },
    },
  },
  { match: "glBindVertexBuffer", row: shadow },
  {
    match: /^glVertexArray(Attrib([IL]?Format|Binding)|BindingDivisor|VertexBuffer)$/,
    row: shadow,
  },
  {
    match:
      /^glVertexArray(VertexAttrib([IL]?Format|Binding)|VertexBindingDivisor|BindVertexBuffer)EXT$/,
    row: shadow,
  },
  {
    match: "glInterleavedArrays",
    row: { guest: "custom", guard: "InterleavedGuard", args: { pointer: { kind: "array" } } },
  },
  { match: /^gl(Lock|Unlock)ArraysEXT$/, row: byGuest },
  {
    match:
      /^glGet(VertexAttribPointerv|PointerIndexedvEXT|Pointeri_vEXT|VertexArrayPointer(i_)?vEXT)$/,
    row: byGuest,
  },
  { match: "glArrayElement", row: { guest: "custom", guard: "VertexGuard" } },

  {
    match: /^glDrawArrays(Instanced(BaseInstance)?)?$/,
    row: { guest: "custom", guard: "VertexGuard" },
  },
  {
    match: /^glDraw(Range)?Elements(Instanced)?(BaseVertex)?(BaseInstance)?$/,
    row: { guest: "custom", guard: "ElementGuard", args: indices },
  },
  { match: /^glDrawTransformFeedback\w*$/, row: { guard: "VertexGuard" } },
  {
    match: /^gl(Multi)?Draw(Arrays|Elements)Indirect$/,
    row: { guest: "custom", guard: "IndirectGuard", args: indirect },
  },
  {
    match: /^glMultiDraw(Arrays|Elements)IndirectCount$/,
    row: { guard: "IndirectGuard", args: indirect },
  },
  {
    match: /^glMultiDraw(Arrays|Elements(BaseVertex)?)$|^glMultiModeDraw(Arrays|Elements)IBM$/,
    row: drawn,
  },
];
