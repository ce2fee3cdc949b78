// What is pressed or sent in the page's own HTML becomes an event of this component, named by `data-do`.
const pass = (control, more = {}) => {
  const { do: name, ...data } = control.dataset;
  if (name !== "copy") trigger(name, { ...data, ...more });
};
document.addEventListener("click", (event) => {
  const control = event.target instanceof Element ? event.target.closest("button[data-do]") : null;
  if (control) pass(control);
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-do]");
  if (!form) return;
  event.preventDefault();
  pass(form, Object.fromEntries(new FormData(form)));
});
