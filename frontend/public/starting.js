// Pages say themselves what went wrong. This says it for them while they are not there yet.
(() => {
  const say = () => {
    const place = document.querySelector(".starting");
    if (!place) return;
    place.setAttribute("role", "alert");
    place.textContent = document.documentElement.lang.startsWith("zh") || navigator.language.startsWith("zh")
      ? "页面无法加载：无法从服务器获取全部文件。请重新加载；如果仍然不行，请检查网络或询问管理员。"
      : "The pages could not be loaded: not all of their files came from the server. Reload; if that does not help, check the network or ask an administrator.";
  };
  addEventListener("error", say, true);
  addEventListener("unhandledrejection", say);
})();
