export { type PipelineArgs, PipelineJob, type PipelineJobArgs, PipelineTemplate } from "./pipeline-job";
