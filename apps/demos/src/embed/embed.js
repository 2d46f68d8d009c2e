// Live figures of this site in other pages: <deepgrain-figure page="anchors" state="layers=1" hide="where,seed">.
// A figure is a recorded picture until it is touched; then the page itself comes in a frame, one at a time in a document.
if (!customElements.get("deepgrain-figure")) {
  const site = new URL("./", document.currentScript.src);
  /** Title and text alternative of each page's picture; the site's build puts them in. */
  const figures = FIGURES;
  const TALLEST = 20_000;
  /** The one figure that is live. */
  let current;

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: block; font: 14px/1.5 system-ui, sans-serif; }
    :host([hidden]), [hidden] { display: none; }
    button { display: block; width: 100%; padding: 0; border: 1px solid #8886; border-radius: 8px; overflow: hidden;
      background: none; color: inherit; font: inherit; cursor: pointer; }
    button:focus-visible, a:focus-visible { outline: 2px solid #2459a9; outline-offset: 2px; }
    img { display: block; width: 100%; height: auto; }
    button span { display: block; padding: 6px; min-height: 24px; }
    iframe { display: block; width: 100%; border: 0; height: 0; }
    a { color: inherit; }
    p { margin: 6px 0 0; }`);

  const make = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  /** A message of a page of this site, or undefined: its height in pixels, and its state as the end of its address. */
  const messageOf = (data) => {
    if (typeof data !== "object" || data === null || Object.keys(data).length !== 3) return;
    const { type, height, state } = data;
    const isHeight = Number.isInteger(height) && height > 0 && height <= TALLEST;
    if (type === "deepgrain-figure" && isHeight && /^(#[^#]{1,4000})?$/.test(state)) return data;
  };

  class DeepgrainFigure extends HTMLElement {
    static observedAttributes = ["page", "state", "hide", "live"];
    #frame;
    #button;
    #said;
    #link;
    /** The state that the visitor left it in, when another figure took its place. */
    #left;

    constructor() {
      super();
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    }

    connectedCallback() {
      this.#draw();
    }

    disconnectedCallback() {
      this.#close();
      this.#left = undefined;
    }

    attributeChangedCallback(_, before, after) {
      if (this.isConnected && before !== after) {
        this.#left = undefined;
        this.#draw();
      }
    }

    /** The address of the page, as a frame has it or as a link leads to it. */
    #address(isFrame) {
      const address = new URL(`${this.getAttribute("page")}.html`, site);
      const hide = (this.getAttribute("hide") ?? "").replace(/\s/g, "");
      // The figure has the link to the page itself.
      if (isFrame) address.search = `?embed&hide=link,${encodeURIComponent(hide)}`;
      address.hash = this.#left ?? this.getAttribute("state") ?? "";
      return address.href;
    }

    #draw() {
      this.#close();
      const page = this.getAttribute("page");
      const known = Object.hasOwn(figures, page) ? figures[page] : undefined;
      if (!known) {
        const pages = Object.keys(figures).join(", ");
        const said = `deepgrain-figure: page must be one of ${pages}, got ${page}`;
        this.shadowRoot.replaceChildren(make("p", { textContent: said }), make("slot"));
        return;
      }
      const [title, alt] = known;
      const image = make("img", { alt, src: new URL(`figures/${page}.svg`, site).href });
      this.#said = make("span", { textContent: "Recorded. Press to run it here." });
      this.#button = make("button", { type: "button" }, image, this.#said);
      this.#button.addEventListener("click", () => this.#open());
      this.#link = make("a", { target: "_blank", rel: "noopener", textContent: title });
      this.#link.href = this.#address(false);
      this.shadowRoot.replaceChildren(this.#button, make("p", {}, this.#link));
      if (this.hasAttribute("live")) this.#open();
    }

    #open() {
      if (this.#frame) return;
      current?.stop();
      current = { stop: () => this.#close(), hear: (event) => this.#hear(event) };
      this.#said.textContent = "Opening …";
      const frame = make("iframe", { title: this.#link.textContent, src: this.#address(true) });
      frame.referrerPolicy = "no-referrer";
      frame.addEventListener("load", () => {
        frame.contentWindow?.postMessage({ type: "deepgrain-hello" }, site.origin);
        // A page without an origin cannot be answered.
        if (self.origin === "null") this.#show(600);
      });
      this.#frame = frame;
      this.#button.after(frame);
    }

    #hear({ source, data }) {
      const message = source === this.#frame?.contentWindow && messageOf(data);
      if (!message) return;
      this.#left = message.state;
      this.#link.href = this.#address(false);
      this.#show(message.height);
    }

    #show(height) {
      this.#frame.style.height = `${height}px`;
      if (this.#button.hidden) return;
      const hadFocus = this.shadowRoot.activeElement === this.#button;
      this.#button.hidden = true;
      if (hadFocus) this.#frame.focus();
    }

    /** The picture comes back; with the frame its worker ends. */
    #close() {
      if (!this.#frame) return;
      this.#frame.remove();
      this.#frame = undefined;
      this.#button.hidden = false;
      this.#said.textContent = "Press to run it here.";
      current = undefined;
    }
  }

  addEventListener("message", (event) => {
    if (event.origin === site.origin) current?.hear(event);
  });
  // Where the document's policy refuses the frame, picture and link stay.
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
    if (
      /^(frame|child|default)-src$/.test(effectiveDirective) &&
      blockedURI.startsWith(site.origin)
    )
      current?.stop();
  });
  customElements.define("deepgrain-figure", DeepgrainFigure);
}
