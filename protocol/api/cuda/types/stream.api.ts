/** Streams, events and capture. */
import { enumeration, type TypeDecl } from "../../model.ts";

export const streamTypes: readonly TypeDecl[] = [
  enumeration("CUevent_sched_flags_enum", ["CUevent_sched_flags"], {
    CU_EVENT_SCHED_AUTO: 0,
    CU_EVENT_SCHED_SPIN: 1,
    CU_EVENT_SCHED_YIELD: 2,
    CU_EVENT_SCHED_BLOCKING_SYNC: 4,
  }),
  enumeration("CUstream_flags_enum", ["CUstream_flags"], {
    CU_STREAM_DEFAULT: 0,
    CU_STREAM_NON_BLOCKING: 1,
  }),
  enumeration("CUevent_flags_enum", ["CUevent_flags"], {
    CU_EVENT_DEFAULT: 0,
    CU_EVENT_BLOCKING_SYNC: 1,
    CU_EVENT_DISABLE_TIMING: 2,
    CU_EVENT_INTERPROCESS: 4,
  }),
  enumeration("CUevent_record_flags_enum", ["CUevent_record_flags"], {
    CU_EVENT_RECORD_DEFAULT: 0,
    CU_EVENT_RECORD_EXTERNAL: 1,
  }),
  enumeration("CUevent_wait_flags_enum", ["CUevent_wait_flags"], {
    CU_EVENT_WAIT_DEFAULT: 0,
    CU_EVENT_WAIT_EXTERNAL: 1,
  }),
  enumeration("CUstreamWaitValue_flags_enum", ["CUstreamWaitValue_flags"], {
    CU_STREAM_WAIT_VALUE_GEQ: 0,
    CU_STREAM_WAIT_VALUE_EQ: 1,
    CU_STREAM_WAIT_VALUE_AND: 2,
    CU_STREAM_WAIT_VALUE_NOR: 3,
    CU_STREAM_WAIT_VALUE_FLUSH: 0x40000000,
  }),
  enumeration("CUstreamWriteValue_flags_enum", ["CUstreamWriteValue_flags"], {
    CU_STREAM_WRITE_VALUE_DEFAULT: 0,
    CU_STREAM_WRITE_VALUE_NO_MEMORY_BARRIER: 1,
  }),
  enumeration(
    "CUstreamUpdateCaptureDependencies_flags_enum",
    ["CUstreamUpdateCaptureDependencies_flags"],
    {
      CU_STREAM_ADD_CAPTURE_DEPENDENCIES: 0,
      CU_STREAM_SET_CAPTURE_DEPENDENCIES: 1,
    },
  ),
  enumeration("CUstreamCaptureStatus_enum", ["CUstreamCaptureStatus"], {
    CU_STREAM_CAPTURE_STATUS_NONE: 0,
    CU_STREAM_CAPTURE_STATUS_ACTIVE: 1,
    CU_STREAM_CAPTURE_STATUS_INVALIDATED: 2,
  }),
  enumeration("CUstreamCaptureMode_enum", ["CUstreamCaptureMode"], {
    CU_STREAM_CAPTURE_MODE_GLOBAL: 0,
    CU_STREAM_CAPTURE_MODE_THREAD_LOCAL: 1,
    CU_STREAM_CAPTURE_MODE_RELAXED: 2,
  }),
];
