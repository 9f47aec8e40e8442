import { version } from "@pulumi/tls/package.json";
import { serve } from "../base/server";
import { resources } from "./resources";

serve({ name: "tls", version, resource: (type) => resources[type] });
