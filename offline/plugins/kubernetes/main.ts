import { serve } from "../base/server";
import { createKubernetesPlugin } from "./plugin";

serve(createKubernetesPlugin());
