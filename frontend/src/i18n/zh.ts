import { gather, type Words } from "./gather";

const files = import.meta.glob<Words>(["../pages/*/zh.json", "../design/zh.json", "../app/zh.json", "../upload/zh.json", "../sharing/zh.json", "../graph/zh.json"], {
  eager: true,
  import: "default",
});

export default gather(files);
