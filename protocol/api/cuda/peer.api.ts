/** Peer access between devices. */
import { arg, opaque, out, type Row, row } from "../model.ts";

export const peerRows: readonly Row[] = [
  row(
    "cuDeviceCanAccessPeer",
    4000,
    "sync",
    "Says whether one device can reach another's memory directly.",
    [arg("canAccessPeer", "int *", out), arg("dev", "CUdevice"), arg("peerDev", "CUdevice")],
  ),
  row(
    "cuCtxEnablePeerAccess",
    4000,
    "sync",
    "Lets the current context reach the memory of another context's device.",
    [arg("peerContext", "CUcontext"), arg("Flags", "unsigned int")],
  ),
  row(
    "cuCtxDisablePeerAccess",
    4000,
    "sync",
    "Ends the current context's access to another context's memory.",
    [arg("peerContext", "CUcontext")],
  ),
  row(
    "cuMemcpyPeer",
    4000,
    "sync",
    "Copies bytes from one context's memory to another's, with or without peer access.",
    [
      arg("dstDevice", "CUdeviceptr"),
      arg("dstContext", "CUcontext"),
      arg("srcDevice", "CUdeviceptr"),
      arg("srcContext", "CUcontext"),
      arg("ByteCount", "size_t"),
    ],
    { perThread: ["_ptds", 7000], blocks: true },
  ),
  row(
    "cuMemcpyPeerAsync",
    4000,
    "sync",
    "Copies bytes between the memory of two contexts in stream order.",
    [
      arg("dstDevice", "CUdeviceptr"),
      arg("dstContext", "CUcontext"),
      arg("srcDevice", "CUdeviceptr"),
      arg("srcContext", "CUcontext"),
      arg("ByteCount", "size_t"),
      arg("hStream", "CUstream"),
    ],
    { perThread: ["_ptsz", 7000] },
  ),
  row(
    "cuMemcpy3DPeer",
    4000,
    "local",
    "Copies a box between the memory of two contexts, which the structure names.",
    [arg("pCopy", "const CUDA_MEMCPY3D_PEER *", opaque)],
    { perThread: ["_ptds", 7000] },
  ),
  row(
    "cuMemcpy3DPeerAsync",
    4000,
    "local",
    "Copies a box between the memory of two contexts in stream order.",
    [arg("pCopy", "const CUDA_MEMCPY3D_PEER *", opaque), arg("hStream", "CUstream")],
    { perThread: ["_ptsz", 7000] },
  ),
];
