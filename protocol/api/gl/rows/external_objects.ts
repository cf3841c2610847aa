/** Memory and semaphores of other APIs (EXT_memory_object, EXT_semaphore), which come as descriptors. */
import type { Row, Rule } from "../model.ts";

const byHand: Row = { guest: "custom", host: "custom" };
const memory = { kind: "name", of: "memory_object" } as const;
const semaphore = { kind: "name", of: "semaphore" } as const;
const UUID_BYTES = "16"; // the longest of these texts without an end: GL_UUID_SIZE_EXT

export const externalObjects: readonly Rule[] = [
  {
    match: "glCreateMemoryObjectsEXT",
    row: { args: { memoryObjects: { kind: "gen", of: "memory_object", count: "n" } } },
  },
  {
    match: "glDeleteMemoryObjectsEXT",
    row: { args: { memoryObjects: { kind: "delete", of: "memory_object", count: "n" } } },
  },
  { match: "glIsMemoryObjectEXT", row: { args: { memoryObject: memory } } },
  {
    match: "glMemoryObjectParameterivEXT",
    row: { args: { memoryObject: memory, params: { kind: "in", count: "1" } } },
  },
  { match: "glGetMemoryObjectParameterivEXT", row: { args: { memoryObject: memory } } },
  { match: /^glTex(ture)?StorageMem\dD(Multisample)?EXT$/, row: { args: { memory } } },
  { match: /^gl(Named)?BufferStorageMemEXT$/, row: { args: { memory }, observe: true } },
  {
    match: /^glGetUnsignedByte(i_)?vEXT$/,
    row: { args: { data: { kind: "out", count: UUID_BYTES } } },
  },
  {
    match: "glGenSemaphoresEXT",
    row: { args: { semaphores: { kind: "gen", of: "semaphore", count: "n" } } },
  },
  {
    match: "glDeleteSemaphoresEXT",
    row: { args: { semaphores: { kind: "delete", of: "semaphore", count: "n" } } },
  },
  { match: "glIsSemaphoreEXT", row: { args: { semaphore } } },
  {
    match: "glSemaphoreParameterui64vEXT",
    row: { args: { semaphore, params: { kind: "in", count: "1" } } },
  },
  { match: "glGetSemaphoreParameterui64vEXT", row: { args: { semaphore } } },
  ...(["Wait", "Signal"] as const).map((does) => ({
    match: `gl${does}SemaphoreEXT`,
    row: {
      point: true,
      args: {
        semaphore,
        buffers: { kind: "names", of: "buffer", count: "numBufferBarriers" },
        textures: { kind: "names", of: "texture", count: "numTextureBarriers" },
        [does === "Wait" ? "srcLayouts" : "dstLayouts"]: {
          kind: "in",
          count: "numTextureBarriers",
        },
      },
    } as const,
  })),
  // The descriptor goes the courier's way, under a number; 0: there was none to send.
  {
    match: "glImportMemoryFdEXT",
    row: {
      ...byHand,
      point: true,
      wire: {
        args: { size: "u64", descriptor: "u64", memory: "u32", handle_type: "u32" },
        reply: { accepted: "u32", pad: "u32" },
      },
    },
  },
  {
    match: "glImportSemaphoreFdEXT",
    row: {
      ...byHand,
      point: true,
      wire: {
        args: { descriptor: "u64", semaphore: "u32", handle_type: "u32" },
        reply: { accepted: "u32", pad: "u32" },
      },
    },
  },
];
