// The admin service: reads the model, asks a session to end. Nothing here decides.
import { chmodSync } from "node:fs";
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import type { Backend } from "../model/device.ts";
import { asError, GpuferryError } from "../model/errors.ts";
import type { SessionView, Usage } from "../model/session.ts";
import {
  type DevicesMessage,
  type HealthMessage,
  loadAdmin,
  type SessionMessage,
  sessionMessage,
  type TenantMessage,
} from "./messages.ts";

/** What admins can see and do. */
export interface AdminModel {
  sessions(): SessionView[];
  /** Calls back for each change of a session's state; returns how to stop. */
  watch(listener: (session: SessionView) => void): () => void;
  backend(): Promise<Backend>;
  tenants(): { tenant: string; sessionsLive: number; sessionsEnded: number; usage: Usage }[];
  health(): HealthMessage;
  /** Settles once it is reaped. @throws GpuferryError GF_NO_SUCH_SESSION */
  endSession(id: number): Promise<void>;
  drain(draining: boolean): void;
}

type Handler<Request, Reply> = (request: Request) => Reply | Promise<Reply>;

function unary<Request, Reply>(handler: Handler<Request, Reply>) {
  return (call: ServerUnaryCall<Request, Reply>, callback: sendUnaryData<Reply>): void => {
    Promise.resolve()
      .then(() => handler(call.request))
      .then(
        (reply) => callback(null, reply),
        (thrown) => {
          const error = asError(thrown);
          const known = error instanceof GpuferryError ? error.code : "GF_INTERNAL";
          const code =
            known === "GF_NO_SUCH_SESSION" ? status.NOT_FOUND : status.FAILED_PRECONDITION;
          callback({ code, details: `${known}: ${error.message}` });
        },
      );
  };
}

/** A session is shown on a device if it may use it; its memory, if it can lie nowhere else. */
function devices(backend: Backend, sessions: readonly SessionView[]): DevicesMessage {
  return {
    driverPath: backend.driverPath,
    driverKind: backend.driverKind,
    driverVersion: backend.driverVersion,
    devices: backend.devices.map((device) => {
      const here = sessions.filter((session) => session.devices.includes(device.ordinal));
      const alone = here.filter((session) => session.devices.length === 1);
      return {
        ...device,
        sessions: here.length,
        memoryUsedBytes: alone.reduce((sum, session) => sum + session.usage.memoryBytes, 0),
      };
    }),
  };
}

export class AdminService {
  readonly #server = new Server();

  constructor(protoPath: string, model: AdminModel) {
    this.#server.addService(loadAdmin(protoPath).service, {
      listSessions: unary<object, { sessions: SessionMessage[] }>(() => ({
        sessions: model.sessions().map(sessionMessage),
      })),
      watchSessions: (call: ServerWritableStream<object, SessionMessage>) => {
        for (const session of model.sessions()) call.write(sessionMessage(session));
        const stop = model.watch((session) => call.write(sessionMessage(session)));
        call.on("cancelled", stop);
        call.on("close", stop);
      },
      listDevices: unary(async () => devices(await model.backend(), model.sessions())),
      listTenants: unary<object, { tenants: TenantMessage[] }>(() => ({
        tenants: model.tenants().map(({ tenant, ...row }) => ({ name: tenant, ...row })),
      })),
      getHealth: unary(() => model.health()),
      endSession: unary(async ({ id }: { id: number }) => {
        await model.endSession(id);
        return {};
      }),
      drain: unary(({ draining }: { draining: boolean }) => {
        model.drain(draining);
        return {};
      }),
    });
  }

  /** Listens on a Unix socket that only its owner can open. The umask must be 077. */
  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) => {
        if (error !== null) {
          reject(new GpuferryError("GF_SOCKET", `cannot listen on ${path}: ${error.message}`));
          return;
        }
        chmodSync(path, 0o600);
        resolve();
      });
    });
  }

  close(): void {
    this.#server.forceShutdown();
  }
}
