import { gather, type Words } from "./gather";

const files = import.meta.glob<Words>(["../pages/*/en.json", "../design/en.json", "../app/en.json", "../upload/en.json", "../sharing/en.json", "../graph/en.json"], {
  eager: true,
  import: "default",
});

export default gather(files);
