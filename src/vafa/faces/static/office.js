/* The office by keyboard: / searches the list, Ctrl K everything, j and k move, x ticks, Enter opens, Esc closes. */
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const writing = (node) => node.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  let opener = null;

  /* lists: rows that hold a link, in a table or list with data-list */
  const rows = () => [...document.querySelectorAll("[data-list] > tr, [data-list] > tbody > tr, [data-list] > li")].filter((row) => one("a[href]", row) && !row.closest("dialog"));

  function move(step) {
    const list = rows();
    if (!list.length) return;
    const at = list.findIndex((row) => row.classList.contains("cur"));
    const next = list[Math.min(list.length - 1, Math.max(0, at + step))];
    list.forEach((row) => row.classList.toggle("cur", row === next));
    const link = one("a[href]", next);
    link.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  function current() {
    return rows().find((row) => row.classList.contains("cur"));
  }

  /* the search over everything */
  function search() {
    const dialog = document.getElementById("search");
    if (!dialog || dialog.open) return;
    dialog.showModal();
    one("input", dialog).select();
  }

  function walk(dialog, step) {
    const stops = [one("input", dialog), ...dialog.querySelectorAll(".v-found a")];
    const at = stops.indexOf(document.activeElement);
    stops[(at + step + stops.length) % stops.length].focus();
  }

  /* the panel of one figure */
  const panel = () => document.getElementById("panel");
  function closePanel() {
    if (!panel() || !panel().firstElementChild) return false;
    panel().replaceChildren();
    one(".v-frame").inert = false;
    const back = opener && opener.isConnected ? opener : opener && opener.id && document.getElementById(opener.id);
    if (back) back.focus();
    opener = null;
    return true;
  }

  function openedPanel() {
    const box = one("[role=dialog]", panel());
    if (!box) return;
    one(".v-frame").inert = true;
    box.tabIndex = -1;
    box.focus();
  }

  /* toasts go by themselves, but not while somebody reads or reaches for them */
  function toast(box) {
    if (box.dataset.counting) return;
    box.dataset.counting = "1";
    const leave = () => (box.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : box.remove());
    setTimeout(leave, Number(box.dataset.seconds || 10) * 1000);
  }

  function pressed(event) {
    const node = event.target;
    const dialog = node.closest && node.closest("dialog");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      search();
    } else if (dialog && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      walk(dialog, event.key === "ArrowDown" ? 1 : -1);
    } else if (dialog && event.key === "Enter" && node.matches("input")) {
      event.preventDefault();
      const first = one(".v-found a", dialog);
      if (first) first.click();
    } else if (event.key === "Escape" && !dialog) {
      const menu = one("details.v-menu[open]");
      if (menu) {
        menu.open = false;
        one("summary", menu).focus();
      } else closePanel();
    } else if (!dialog && !event.ctrlKey && !event.metaKey && !event.altKey && !writing(node)) letter(event);
  }

  function letter(event) {
    const field = one("[data-search]");
    const row = current();
    if (event.key === "/" && field) field.focus();
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "x" && row && one("input[type=checkbox]", row)) one("input[type=checkbox]", row).click();
    else if (event.key === "Enter" && row && event.target === document.body) one("a[href]", row).click();
    else return;
    event.preventDefault();
  }

  document.addEventListener("keydown", pressed);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open-search]")) search();
    if (event.target.closest("[data-close]")) closePanel();
    if (event.target.matches("dialog.v-dialog")) event.target.close();
    const shut = event.target.closest("[data-close-toast]");
    if (shut) shut.closest(".v-toast").remove();
    for (const menu of document.querySelectorAll("details.v-menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  /* ticked rows are marked, and the bulk bar shows while something is ticked */
  function ticked() {
    for (const box of document.querySelectorAll("[data-list] td input[type=checkbox]")) box.closest("tr").classList.toggle("on", box.checked);
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-list] input[type=checkbox]")) ticked();
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target && event.detail.target.id === "panel") opener = event.detail.elt;
    if (event.detail.target && event.detail.target.id === "value-editor") event.detail.elt.closest(".v-rule")?.after(event.detail.target);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target && event.detail.target.id === "panel") openedPanel();
    if (event.detail.target && event.detail.target.id === "value-editor") one("#value-editor input[name=value]")?.select();
    document.querySelectorAll(".v-toast").forEach(toast);
    ticked();
  });
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(".v-toast").forEach(toast);
    ticked();
  });
})();
