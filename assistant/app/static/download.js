// A file that the server made for this visitor alone: it is never stored where another one could fetch it.
watch("value", () => {
  const file = props.value;
  if (!file?.name) return;
  const bytes = Uint8Array.from(atob(file.content), (character) => character.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: file.type }));
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
});
