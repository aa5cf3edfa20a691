// What LaTeX leaves in a title, as a person would write it. What is not known stays as it is.

const table = (list) => new Map(list.split(" ").map((entry) => [entry.slice(0, -1), entry.slice(-1)]));

const COMMANDS = table(
  "alphaα betaβ gammaγ deltaδ epsilonε varepsilonε zetaζ etaη thetaθ iotaι kappaκ lambdaλ muμ nuν xiξ piπ rhoρ sigmaσ tauτ " +
    "upsilonυ phiφ varphiφ chiχ psiψ omegaω GammaΓ DeltaΔ ThetaΘ LambdaΛ XiΞ PiΠ SigmaΣ UpsilonΥ PhiΦ PsiΨ OmegaΩ " +
    "times× cdot· cdots⋯ ldots… dots… pm± mp∓ le≤ leq≤ ge≥ geq≥ ll≪ gg≫ ne≠ neq≠ approx≈ sim∼ simeq≃ equiv≡ propto∝ infty∞ " +
    "to→ rightarrow→ leftarrow← mapsto↦ in∈ notin∉ subset⊂ cup∪ cap∩ forall∀ exists∃ partial∂ nabla∇ sum∑ prod∏ int∫ sqrt√ " +
    "ellℓ hbarℏ circ∘ star⋆ ast∗ otimes⊗ oplus⊕ langle⟨ rangle⟩ dagger† perp⊥ wedge∧ vee∨ %% && ## __ {{ }}",
);
const BOARD = table("Cℂ Nℕ Pℙ Qℚ Rℝ Zℤ");
const RAISED = table("0⁰ 1¹ 2² 3³ 4⁴ 5⁵ 6⁶ 7⁷ 8⁸ 9⁹ +⁺ -⁻ =⁼ (⁽ )⁾ nⁿ iⁱ kᵏ mᵐ tᵗ dᵈ pᵖ xˣ Tᵀ");
const LOWERED = table("0₀ 1₁ 2₂ 3₃ 4₄ 5₅ 6₆ 7₇ 8₈ 9₉ +₊ -₋ =₌ (₍ )₎ aₐ eₑ iᵢ jⱼ kₖ lₗ mₘ nₙ pₚ rᵣ sₛ tₜ uᵤ xₓ");

const UP = /\^(?:\{([^{}]*)\}|([^\s{}\\]))/g;
const DOWN = /_(?:\{([^{}]*)\}|([^\s{}\\]))/g;

/** Scripts moved up or down, where all their characters have such a form. */
function scripts(text, mark, forms) {
  return text.replace(mark, (whole, braced, single) => {
    const inner = braced ?? single;
    const found = Array.from(inner, (character) => forms.get(character));
    if (!found.includes(undefined)) return found.join("");
    return braced === undefined ? whole : `${whole[0]}(${inner})`;
  });
}

function commands(text) {
  return text
    .replace(/\\(math[a-z]*|text[a-z]*|operatorname|mbox)\s*\{([^{}]*)\}/g, (_, kind, inner) =>
      kind === "mathbb" ? Array.from(inner, (letter) => BOARD.get(letter) ?? letter).join("") : inner,
    )
    .replace(/\\[td]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, "$1/$2")
    .replace(/\\(?:left|right|displaystyle|quad|[,;!])(?![a-z])/g, "")
    .replace(/\\([A-Za-z]+|[%&#_{}])/g, (whole, name) => COMMANDS.get(name) ?? whole);
}

const formula = (text) =>
  scripts(scripts(commands(text), UP, RAISED), DOWN, LOWERED).replace(/[{}]/g, "").replace(/~/g, " ");

/**
 * A title with its maths made readable: `$\alpha$` is α, `x^2` is x².
 * @param {string} title
 * @returns {string}
 */
export function readable(title) {
  if (!/[$\\^]/.test(title)) return title;
  return title
    .split(/(\$[^\s$](?:[^$]{0,200}[^\s$])?\$(?!\d))/)
    .map((part, at) => (at % 2 ? formula(part.slice(1, -1)) : scripts(commands(part), UP, RAISED)))
    .join("");
}
