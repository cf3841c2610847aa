/**
 * GLX and EGL: written by hand in the shim, which asks the executor for contexts, drawables and pictures. Here only which
 * of their commands that is, and why the others are not offered.
 */

export interface WindowSystem {
  readonly name: "glx" | "egl";
  /** Beside all versions. */
  readonly extensions: readonly string[];
  /** Commands of those that are missing nonetheless: name → why. */
  readonly missing: Readonly<Record<string, string>>;
  /** Extensions that are not offered; the first match tells why. */
  readonly reasons: readonly (readonly [RegExp, string])[];
}

const VIDEO = "Video devices of a vendor's own hardware.";
const SWAP_GROUPS =
  "Swap groups of several screens: a guest's frames are presented by its own X server.";

export const glx: WindowSystem = {
  name: "glx",
  extensions: [
    "GLX_ARB_create_context",
    "GLX_ARB_get_proc_address",
    "GLX_EXT_import_context",
    "GLX_EXT_swap_control",
    "GLX_EXT_texture_from_pixmap",
    "GLX_MESA_copy_sub_buffer",
    "GLX_MESA_query_renderer",
    "GLX_MESA_swap_control",
    "GLX_SGI_make_current_read",
    "GLX_SGI_swap_control",
    "GLX_SGIX_fbconfig",
    "GLX_SGIX_pbuffer",
  ],
  missing: {
    glXImportContextEXT:
      "Contexts live in the guest's session, and no other process can name them.",
    glXFreeContextEXT: "Contexts live in the guest's session, and no other process can name them.",
  },
  reasons: [
    [/video|dmbuffer/, VIDEO],
    [/swap_(group|barrier)|hyperpipe/, SWAP_GROUPS],
    [
      /sync_control|delay_before_swap|cushion/,
      "The guest's X server has no retrace of the host's.",
    ],
    [/gpu_association/, "A session has the GPU that the scheduler gave it."],
    [/NV_copy/, "It copies between contexts that are not shared; nothing on Linux uses it."],
    [/agp|3dfx|release_buffers|pixmap_colormap|transparent/, "Of hardware that is gone."],
  ],
};

export const egl: WindowSystem = {
  name: "egl",
  extensions: [
    "EGL_EXT_device_base",
    "EGL_EXT_device_enumeration",
    "EGL_EXT_device_query",
    "EGL_EXT_platform_base",
    "EGL_KHR_fence_sync",
    "EGL_KHR_image_base",
    "EGL_KHR_wait_sync",
    "EGL_MESA_query_driver",
  ],
  missing: {},
  reasons: [
    [
      /stream/,
      "Streams end in the host's compositor or another process, neither of which a guest has.",
    ],
    [/ANDROID|HI_|NOK_/, "Of another platform's window system."],
    [/dma_buf|drm_image|WL_/, "Its buffers are the kernel's of one machine."],
    [/output|compositor/, "The host's displays are not the guest's."],
    [/ANGLE|NV_native|NV_system_time|NV_sync|native/, "Of one vendor's own EGL."],
    [/damage|partial|sub_buffer|swap_region/, "Swaps are whole pictures."],

    [/reusable_sync/, "A sync that the application signals itself is not one of the executor's."],
    [/KHR_debug/, "EGL is answered in the guest, which says what is wrong in its error codes."],
    [/lock_surface/, "A surface's pixels are the executor's."],
    [/cl_event/, "OpenCL is not forwarded."],
    [/./, "Mesa's EGL, the reference for what is offered, does not have it either."],
  ],
};
