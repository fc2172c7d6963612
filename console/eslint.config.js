import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const LETTER = "[A-Za-z\\u3400-\\u9fff]";
const SHOWN = "/^(title|label|placeholder|alt|description|content|aria-label|okText|cancelText|extra|tooltip)$/";
const inCatalogue = "Texts belong into the catalogues of src/i18n: use t().";

export default tseslint.config(
  { ignores: ["node_modules", "dist", "src/client/schema.d.ts"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  jsxA11y.flatConfigs.strict,
  reactHooks.configs.flat["recommended-latest"],
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-deprecated": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "no-console": "error",
      "no-restricted-properties": ["error", { object: "crypto", property: "randomUUID", message: "Missing on pages without TLS: use newKey()." }],
      "no-restricted-syntax": [
        "error",
        { selector: `JSXText[value=/${LETTER}/]`, message: inCatalogue },
        { selector: `JSXAttribute[name.name=${SHOWN}] > Literal[value=/${LETTER}/]`, message: inCatalogue },
        { selector: "Literal[value=/[\\u3400-\\u9fff]/]", message: inCatalogue },
        { selector: "TemplateElement[value.raw=/[\\u3400-\\u9fff]/]", message: inCatalogue },
      ],
    },
  },
  {
    files: ["src/**/*.test.ts", "src/**/*.test.tsx", "src/kit/drawn.tsx"],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    files: ["*.js", "public/*.js"],
    extends: [tseslint.configs.disableTypeChecked],
  },
  {
    files: ["public/*.js"],
    languageOptions: { globals: { document: "readonly", localStorage: "readonly", matchMedia: "readonly" } },
    rules: { "no-var": "off" },
  },
);
