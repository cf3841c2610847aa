// The admin service as the command line calls it.
import {
  type CallOptions,
  type Client,
  type ClientReadableStream,
  credentials,
  type Metadata,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { type ErrorCode, errorTable, GpuferryError } from "../model/errors.ts";
import {
  type DevicesMessage,
  type HealthMessage,
  loadAdmin,
  type SessionMessage,
  type TenantMessage,
} from "./messages.ts";

type Method<Reply> = (
  request: object,
  metadata: Metadata | CallOptions,
  callback: (error: ServiceError | null, reply: Reply) => void,
) => void;

const deadlineMs = 5000;

export class AdminClient {
  readonly #client: Client;
  readonly #socket: string;

  constructor(protoPath: string, socket: string) {
    const Admin = loadAdmin(protoPath);
    this.#socket = socket;
    this.#client = new Admin(`unix:${socket}`, credentials.createInsecure());
  }

  async sessions(): Promise<SessionMessage[]> {
    return (await this.#call<{ sessions: SessionMessage[] }>("listSessions")).sessions;
  }

  devices(): Promise<DevicesMessage> {
    return this.#call("listDevices");
  }

  async tenants(): Promise<TenantMessage[]> {
    return (await this.#call<{ tenants: TenantMessage[] }>("listTenants")).tenants;
  }

  health(): Promise<HealthMessage> {
    return this.#call("getHealth");
  }

  async endSession(id: number): Promise<void> {
    await this.#call("endSession", { id });
  }

  async drain(draining: boolean): Promise<void> {
    await this.#call("drain", { draining });
  }

  /** Every session now, then every change of state, until cancelled. */
  watch(): ClientReadableStream<SessionMessage> {
    const method =
      this.#method<(request: object) => ClientReadableStream<SessionMessage>>("watchSessions");
    return method.call(this.#client, {});
  }

  close(): void {
    this.#client.close();
  }

  #call<Reply>(name: string, request: object = {}): Promise<Reply> {
    const method = this.#method<Method<Reply>>(name);
    return new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + deadlineMs };
      method.call(this.#client, request, options, (error, reply) => {
        if (error === null) resolve(reply);
        else reject(this.#translate(error));
      });
    });
  }

  #method<Type>(name: string): Type {
    return (this.#client as unknown as Record<string, Type>)[name] as Type;
  }

  #translate(error: ServiceError): GpuferryError {
    if (error.code === status.UNAVAILABLE) {
      return new GpuferryError(
        "GF_NO_SERVER",
        `no server answers on ${this.#socket}: start one with \`gpuferry serve\``,
      );
    }
    const match = /^(GF_[A-Z_]+): (.*)$/s.exec(error.details);
    if (match?.[1] !== undefined && match[1] in errorTable) {
      return new GpuferryError(match[1] as ErrorCode, match[2] ?? "");
    }
    return new GpuferryError("GF_INTERNAL", `${this.#socket}: ${error.details}`);
  }
}
