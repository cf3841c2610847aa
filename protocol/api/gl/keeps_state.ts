/**
 * Commands by which the driver reads a buffer, or writes to one what the guest must not overwrite with older bytes: what the
 * application has written into mappings that stay is sent before them (guest-shim/src/gl/buffer_track.h).
 */
export const readsBuffers: readonly RegExp[] = [
  /^gl(Multi)?(Mode)?Draw(Arrays|Elements|RangeElements|Pixels|TransformFeedback)|^gfGlDraw$/,
  /^gl(DispatchCompute(Indirect)?|ArrayElement|CallLists?|Bitmap|PolygonStipple|PixelMap\w+)$/,
  /^gl(Named)?(Copy|Clear|Invalidate)(Named)?Buffer\w*Data(EXT)?$|^gl(Named)?BufferSubData(EXT)?$/,
  /^gl(Get)?(Multi)?(Compressed)?(Multi)?Tex(ture)?(Sub)?Image\w*$|^gfGlGetTexImage$/,
  /^gl(Readn?Pixels|GetBufferSubData|GetQueryObject\w+|MemoryBarrier(ByRegion)?)$/,
];

/**
 * Commands after which every answer that the guest remembers (guest-shim/src/gl/state_values.inc) still holds. Whatever
 * is not listed ends them all, so that forgetting a command costs a question and never a wrong answer.
 */
const numbers = "(b|s|i|i64|f|d|ub|us|ui|ui64|x)?v?(ARB|EXT|OES|NV|MESA)?";

export const keepsState: readonly RegExp[] = [
  // Vertices, and what they look like.
  new RegExp(
    `^gl(Vertex|Color|SecondaryColor|Normal|TexCoord|MultiTexCoord|FogCoord|Index|EdgeFlag|RasterPos|WindowPos|Rect)[1-4]?${numbers}$`,
  ),
  /^gl(VertexAttrib[ILP]?\d|Vertex(P|Attribs?P)\d)/,
  /^gl(Begin|End|ArrayElement)$/,
  new RegExp(`^gl(Material|Light|LightModel|TexEnv|TexGen|Fog)${numbers}$`),
  /^gl(Program)?Uniform\w*\d\w*v?$/,
  /^gl(Load|Mult)(Transpose)?Matrix[fdx]$|^glLoadIdentity$|^gl(Push|Pop)Matrix$/,
  /^gl(Rotate|Scale|Translate|Ortho|Frustum)[fdx]$/,
  // Draws, and what works as one.
  /^gl(Multi)?(Mode)?Draw(Arrays|Elements|RangeElements|Pixels|Tex|TransformFeedback)/,
  /^gl(Bitmap|Accum|CopyPixels|BlitFramebuffer|DispatchCompute(Indirect)?|Clear|MemoryBarrier)$/,
  /^glClear(Buffer(fv|iv|uiv|fi)|TexImage|TexSubImage|BufferData|BufferSubData)$/,
  /^gl(Flush|Finish|FenceSync|DeleteSync|ClientWaitSync|WaitSync)$/,
  /^gl(BeginQuery|EndQuery|QueryCounter)$/,
  // Contents and properties of objects.
  /^gl(Copy|Compressed)?Tex(ture)?(Sub)?Image\dD$|^glTex(ture)?Storage\dD$|^glGenerateMipmap$/,
  new RegExp(`^glTex(ture)?ParameterI?${numbers}$`),
  new RegExp(`^glSamplerParameterI?${numbers}$`),
  /^gl(Named)?Buffer(SubData|Data|Storage)$|^glInvalidateBuffer(Sub)?Data$|^glCopyBufferSubData$/,
  /^glUnmap(Named)?Buffer$|^glFlushMapped(Named)?BufferRange$/,
  /^gl(CreateShader|CreateProgram|ShaderSource|CompileShader|AttachShader|DetachShader)$/,
  /^gl(LinkProgram|ValidateProgram|BindAttribLocation|BindFragDataLocation)$/,
  /^glGen(Textures|Buffers|VertexArrays|Framebuffers|Renderbuffers|Samplers|Queries|Lists)$/,
  // Questions.
  /^gl(Get|Is|Check|Read)(?!Buffer$)[A-Z]?\w*$/,
  /^gfGl(Draw|Present|TexLevel|GetTexImage|RaiseError|FetchMessages|ContextFacts|MapBuffer|WriteMapped)$/,
];
