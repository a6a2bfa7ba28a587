// What a page gains with JavaScript: a switch of the theme, arrow keys between readings, highlighted lines, ages of times.
// Everything else works without it.

const THEMES = ["system", "light", "dark"];
const root = document.documentElement;

function stored() {
  try { return localStorage.getItem("theme"); } catch { return null; }
}

function keep(theme) {
  try { localStorage.setItem("theme", theme); } catch { /* private browsing: the choice holds for this page */ }
}

function* darkRules() {
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      if (rule instanceof CSSMediaRule && (rule.dark || rule.media.mediaText.includes("prefers-color-scheme"))) {
        rule.dark = true;
        yield rule;
      }
    }
  }
}

function show(theme) {
  const media = { system: "(prefers-color-scheme: dark)", light: "not all", dark: "all" }[theme];
  for (const rule of darkRules()) rule.media.mediaText = media;
  root.style.colorScheme = theme === "system" ? "" : theme;
}

let theme = THEMES.includes(stored()) ? stored() : "system";
show(theme);

function addSwitch() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "theme";
  const name = () => { button.textContent = `Theme: ${theme}`; };
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    keep(theme);
    show(theme);
    name();
  });
  name();
  document.querySelector("nav").append(button);
}

function addCopy() {
  for (const link of document.querySelectorAll("a.permanent")) {
    if (!navigator.clipboard) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy it";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(link.href);
      button.textContent = "Copied";
    });
    link.after(" ", button);
  }
}

function onKey(event) {
  const busy = event.target.closest("input, select, textarea, [tabindex]") || event.altKey || event.ctrlKey || event.metaKey;
  const wanted = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const link = wanted && !busy && document.querySelector(`.steps a[rel="${wanted}"]`);
  if (link) link.click();
}

function highlight(svg) {
  const line = (element) => element.closest("[class]")?.closest("[class*='k']")?.getAttribute("class").match(/\bk\d+\b/)?.[0];
  const mark = (chosen) => {
    for (const element of svg.querySelectorAll("[class*='k']")) {
      const own = element.getAttribute("class").match(/\bk\d+\b/)?.[0];
      if (own) element.classList.toggle("dim", Boolean(chosen) && own !== chosen);
    }
  };
  svg.addEventListener("pointerover", (event) => mark(line(event.target)));
  svg.addEventListener("pointerleave", () => mark(undefined));
}

function addAge(time) {
  const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
  const [unit, length] = [["day", 86400], ["hour", 3600], ["minute", 60]].find(([, size]) => Math.abs(seconds) >= 2 * size) ?? ["second", 1];
  time.title = new Intl.RelativeTimeFormat("en").format(-Math.round(seconds / length), unit);
}

document.addEventListener("DOMContentLoaded", () => {
  addSwitch();
  addCopy();
  document.addEventListener("keydown", onKey);
  document.querySelectorAll("figure svg.tc").forEach(highlight);
  document.querySelectorAll("time[datetime]").forEach(addAge);
});
