// For eslint, whose TypeScript does not read .vue files; vue-tsc does and sees the real types.
declare module "*.vue" {
  import type { DefineComponent } from "vue";

  const component: DefineComponent;
  export default component;
}
