import { version } from "@pulumi/random/package.json";
import { serve } from "../base/server";
import { resources } from "./resources";

serve({ name: "random", version, resource: (type) => resources[type] });
