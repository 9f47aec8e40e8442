import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { InitFailed } from "./plugin";
import { toStruct } from "./values";

/** A request for something that this twin does not do. */
export class Unsupported extends Error {}

/** A thrown value as a gRPC error without a stack trace. */
export function toServiceError(thrown: unknown): ServiceError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const metadata = new Metadata();
  if (thrown instanceof InitFailed) metadata.add("grpc-status-details-bin", initFailedDetails(thrown, message));
  const code = thrown instanceof Unsupported ? status.UNIMPLEMENTED : status.UNKNOWN;
  return { name: "ServiceError", message, code, details: message, metadata };
}

/** Go's gRPC reads structured errors from this header. @see https://grpc.io/docs/guides/error/#richer-error-model */
function initFailedDetails(thrown: InitFailed, message: string): Buffer {
  const detail = new ErrorResourceInitFailed();
  detail.setId(thrown.result.id);
  detail.setProperties(toStruct(thrown.result.outputs));
  detail.setInputs(toStruct(thrown.result.inputs));
  detail.setReasonsList([...thrown.reasons]);
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const rich = new Status();
  rich.setCode(status.UNKNOWN);
  rich.setMessage(message);
  rich.addDetails(packed);
  return Buffer.from(rich.serializeBinary());
}
