import { FlowRecorder } from "./flow-recorder";

let recorder: Promise<FlowRecorder> | undefined;

/** The one recording of a test run; started by the first call. */
export function recording(): Promise<FlowRecorder> {
  recorder ??= FlowRecorder.start();
  return recorder;
}
