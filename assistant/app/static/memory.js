// The conversation outlives a reload in the tab's own store, so that two tabs never mix; `?q=` asks once.
const key = "soc-conversation";
watch("value", () => {
  try {
    if (props.value) sessionStorage.setItem(key, props.value);
    else sessionStorage.removeItem(key);
  } catch {
    // The store is full or forbidden: the conversation goes on, and only a reload forgets it.
  }
});
const address = new URL(location.href);
const question = address.searchParams.get("q");
if (question !== null) {
  address.searchParams.delete("q");
  history.replaceState(null, "", address);
}
let kept = null;
try {
  kept = sessionStorage.getItem(key);
} catch {
  // As above.
}
if (kept || question) trigger("submit", { kept, question });
