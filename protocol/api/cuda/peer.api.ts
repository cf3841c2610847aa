/** Peer access between devices. */
import { arg, opaque, out, type Row, row } from "../model.ts";

export const peerRows: readonly Row[] = [
  row("cuDeviceCanAccessPeer", 4000, "sync", "Device Can Access Peer.", [
    arg("canAccessPeer", "int *", out),
    arg("dev", "CUdevice"),
    arg("peerDev", "CUdevice"),
  ]),
  row("cuCtxEnablePeerAccess", 4000, "sync", "Ctx Enable Peer Access.", [
    arg("peerContext", "CUcontext"),
    arg("Flags", "unsigned int"),
  ]),
  row("cuCtxDisablePeerAccess", 4000, "sync", "Ctx Disable Peer Access.", [
    arg("peerContext", "CUcontext"),
  ]),
  row(
    "cuMemcpyPeer",
    4000,
    "sync",
    "Memcpy Peer.",
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
    "Memcpy Peer Async.",
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
    "Memcpy3 DPeer.",
    [arg("pCopy", "const CUDA_MEMCPY3D_PEER *", opaque)],
    { perThread: ["_ptds", 7000] },
  ),
  row(
    "cuMemcpy3DPeerAsync",
    4000,
    "local",
    "Memcpy3 DPeer Async.",
    [arg("pCopy", "const CUDA_MEMCPY3D_PEER *", opaque), arg("hStream", "CUstream")],
    { perThread: ["_ptsz", 7000] },
  ),
];
