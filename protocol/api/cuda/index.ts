/** The CUDA driver API, of CUDA 13.0: every function of cuda.h and what becomes of it. */
import type { Api } from "../model.ts";
import { arrayRows } from "./array.api.ts";
import { captureRows } from "./capture.api.ts";
import { contextRows } from "./context.api.ts";
import { copyRows } from "./copy.api.ts";
import { deviceRows } from "./device.api.ts";
import { entryRows } from "./entry.api.ts";
import { errorRows } from "./error.api.ts";
import { eventRows } from "./event.api.ts";
import { graphRows } from "./graph.api.ts";
import { graphExecRows } from "./graph_exec.api.ts";
import { graphNodeParamsRows } from "./graph_node_params.api.ts";
import { greenRows } from "./green.api.ts";
import { internalRows } from "./internal.api.ts";
import { interopRows } from "./interop.api.ts";
import { launchRows } from "./launch.api.ts";
import { legacyRows } from "./legacy.api.ts";
import { libraryRows } from "./library.api.ts";
import { memoryRows } from "./memory.api.ts";
import { memsetRows } from "./memset.api.ts";
import { moduleRows } from "./module.api.ts";
import { occupancyRows } from "./occupancy.api.ts";
import { peerRows } from "./peer.api.ts";
import { poolRows } from "./pool.api.ts";
import { profilerRows } from "./profiler.api.ts";
import { streamRows } from "./stream.api.ts";
import { textureRows } from "./texture.api.ts";
import { types } from "./types/index.ts";
import { virtualMemoryRows } from "./virtual_memory.api.ts";

export const cuda: Api = {
  name: "cuda",
  prefix: "cu",
  files: [
    { file: "protocol/api/cuda/internal.api.ts", rows: internalRows },
    { file: "protocol/api/cuda/array.api.ts", rows: arrayRows },
    { file: "protocol/api/cuda/context.api.ts", rows: contextRows },
    { file: "protocol/api/cuda/copy.api.ts", rows: copyRows },
    { file: "protocol/api/cuda/device.api.ts", rows: deviceRows },
    { file: "protocol/api/cuda/entry.api.ts", rows: entryRows },
    { file: "protocol/api/cuda/error.api.ts", rows: errorRows },
    { file: "protocol/api/cuda/event.api.ts", rows: eventRows },
    { file: "protocol/api/cuda/graph.api.ts", rows: graphRows },
    { file: "protocol/api/cuda/graph_node_params.api.ts", rows: graphNodeParamsRows },
    { file: "protocol/api/cuda/graph_exec.api.ts", rows: graphExecRows },
    { file: "protocol/api/cuda/capture.api.ts", rows: captureRows },
    { file: "protocol/api/cuda/green.api.ts", rows: greenRows },
    { file: "protocol/api/cuda/interop.api.ts", rows: interopRows },
    { file: "protocol/api/cuda/launch.api.ts", rows: launchRows },
    { file: "protocol/api/cuda/legacy.api.ts", rows: legacyRows },
    { file: "protocol/api/cuda/library.api.ts", rows: libraryRows },
    { file: "protocol/api/cuda/memory.api.ts", rows: memoryRows },
    { file: "protocol/api/cuda/memset.api.ts", rows: memsetRows },
    { file: "protocol/api/cuda/module.api.ts", rows: moduleRows },
    { file: "protocol/api/cuda/occupancy.api.ts", rows: occupancyRows },
    { file: "protocol/api/cuda/peer.api.ts", rows: peerRows },
    { file: "protocol/api/cuda/pool.api.ts", rows: poolRows },
    { file: "protocol/api/cuda/profiler.api.ts", rows: profilerRows },
    { file: "protocol/api/cuda/stream.api.ts", rows: streamRows },
    { file: "protocol/api/cuda/texture.api.ts", rows: textureRows },
    { file: "protocol/api/cuda/virtual_memory.api.ts", rows: virtualMemoryRows },
  ],
  types,
  numberKinds: [{ kind: "allocation", invalid: "CUDA_ERROR_INVALID_VALUE" }],
  result: {
    type: "CUresult",
    ok: "CUDA_SUCCESS",
    invalidValue: "CUDA_ERROR_INVALID_VALUE",
    invalidHandle: "CUDA_ERROR_INVALID_HANDLE",
    outOfMemory: "CUDA_ERROR_OUT_OF_MEMORY",
  },
};
