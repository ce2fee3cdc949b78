() => {
  const wide = matchMedia("(min-width: 861px)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const bringUp = (element, block) => {
    element.focus({ preventScroll: true });
    element.scrollIntoView({ behavior: still.matches ? "auto" : "smooth", block });
  };

  // A citation brings up its source: the sources of its answer come into view, the cited one highlighted.
  const show = (citation) => {
    const source = document.getElementById(citation.getAttribute("href").slice(1));
    const turn = source?.closest("[data-turn]");
    if (!turn) return;
    for (const sibling of turn.parentElement.children) sibling.hidden = sibling !== turn;
    for (const shown of document.querySelectorAll(".source.shown")) shown.classList.remove("shown");
    for (const active of document.querySelectorAll("a.cite[aria-current]")) active.removeAttribute("aria-current");
    citation.setAttribute("aria-current", "true");
    source.classList.add("shown");
    bringUp(source, wide.matches ? "nearest" : "start");
  };

  const status = document.createElement("p");
  status.id = "said";
  status.setAttribute("role", "status");
  document.body.append(status);
  let quiet;
  const say = (text) => {
    status.textContent = text;
    clearTimeout(quiet);
    quiet = setTimeout(() => (status.textContent = ""), 4000 + 60 * text.length);
  };
  const copy = async ({ text, said, failed }) => {
    try {
      await navigator.clipboard.writeText(text);
      say(said);
    } catch {
      say(failed);
    }
  };

  // A file that is too large or no document is refused before it travels, in the visitor's language.
  const rule = () => document.getElementById("upload-rule");
  const isPage = ({ name }) => rule().dataset.suffixes.split(",").some((ending) => name.toLowerCase().endsWith(ending));
  const refuse = (event) => {
    const zone = event.target instanceof Element ? event.target.closest("#upload, #upload-folder") : null;
    if (!zone) return;
    const files = [...(event.dataTransfer?.files ?? event.target.files ?? [])];
    const refused = files.find(
      (file) => file.size > rule().dataset.limit || (zone.id === "upload" && !isPage(file)),
    );
    if (!refused) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.type === "change") event.target.value = "";
    say(`${refused.name}: ${rule().textContent}`);
  };
  for (const kind of ["change", "drop"]) document.addEventListener(kind, refuse, true);

  // Gradio forgets the folders that a file lies in: they travel in its name, with a sign that no folder separates by.
  const keepFolders = ({ target }) => {
    if (!(target instanceof Element) || !target.closest("#upload-folder")) return;
    const kept = new DataTransfer();
    for (const file of [...target.files].filter(isPage)) {
      const path = file.webkitRelativePath.split("/").slice(1).join("\u2215");
      kept.items.add(new File([file], path || file.name));
    }
    target.files = kept.files;
  };
  document.addEventListener("change", keepFolders, true);

  // The choice of language holds for a year; the conversation outlives the reload.
  const choose = (language) => {
    document.cookie = `soc_language=${language}; path=/; max-age=31536000; samesite=lax`;
    location.reload();
  };

  // So does the choice of dark or light; the one that the browser would make itself is not kept.
  const address = new URL(location.href);
  address.searchParams.delete("__theme");
  history.replaceState(null, "", address);
  const isDark = () => document.body.classList.contains("dark");
  const tellTheme = () => {
    const theme = document.querySelector("#header [data-theme]");
    if (theme?.ariaPressed !== String(isDark())) theme?.setAttribute("aria-pressed", isDark());
  };
  const turnTheme = () => {
    const dark = document.body.classList.toggle("dark");
    try {
      if (dark === matchMedia("(prefers-color-scheme: dark)").matches) localStorage.removeItem("soc-theme");
      else localStorage.setItem("soc-theme", dark ? "dark" : "light");
    } catch {
      // The store is forbidden: the choice holds until the page is left.
    }
  };

  const box = () => document.querySelector("#question textarea");
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest("a, button") : null;
    if (!target) return;
    if (target.matches("a.cite, a.skip")) event.preventDefault();
    if (target.matches("a.cite")) show(target);
    else if (target.matches("a.skip, [data-do=edit]")) box()?.focus();
    else if (target.matches("[data-do=copy]")) copy(target.dataset);
    else if (target.matches("[data-theme]")) turnTheme();
    else if (target.matches("[data-language]")) choose(target.dataset.language);
  });

  // Gradio calls its examples a list, whose items must not be buttons.
  const mend = () => document.querySelector("#chat .examples[role=list]")?.setAttribute("role", "group");

  // A document opens at the segment that led to it, and the evidence of a cell comes into view.
  new MutationObserver(() => {
    mend();
    tellTheme();
    const found = document.querySelector("#reader .pair.shown:not([data-seen]), .cell-evidence:not([data-seen])");
    if (!found?.offsetParent) return;
    found.dataset.seen = "";
    bringUp(found, found.matches(".pair") ? "center" : wide.matches ? "nearest" : "start");
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["style", "class"] });
}
