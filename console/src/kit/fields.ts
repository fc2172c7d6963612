/** From the name of a field in a server's refusal to the field of a form, and to its element. */
import type { FormInstance } from "antd";

export type FieldPath = (string | number)[];

/** Read `rows[3].name` or `rows.3.name` as the steps to a field. */
export function pathOf(field: string): FieldPath {
  return field
    .replace(/\[(\d+)\]/g, ".$1")
    .split(".")
    .filter((step) => step !== "")
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

export interface Refused {
  /** The form's field. */
  name: FieldPath;
  /** The row in that field, from 1, where one field holds many lines. */
  row: number | undefined;
}

/**
 * Find the form's field that a refusal speaks of: the one it names, else the nearest around it.
 *
 * `renamed` says under which name the form has a field of the server.
 */
export function refusedField(
  field: string | undefined,
  known: readonly FieldPath[],
  renamed: Readonly<Record<string, string>> = {},
): Refused | undefined {
  if (field === undefined) {
    return undefined;
  }
  const path = pathOf(renamed[field] ?? field);
  for (let length = path.length; length > 0; length -= 1) {
    const wanted = path.slice(0, length).join(".");
    const name = known.find((one) => one.join(".") === wanted);
    if (name !== undefined) {
      const rest = path[length];
      return { name, row: typeof rest === "number" ? rest + 1 : undefined };
    }
  }
  return undefined;
}

/** The element of a field: its control, or what stands around it. */
function elementOf(form: string, name: FieldPath): HTMLElement | null {
  return document.getElementById([form, ...name].join("_"));
}

/** Lead the eye and the keyboard to a field; tell whether the form shows it. */
export function goToField(form: string, name: FieldPath): boolean {
  const element = elementOf(form, name);
  if (element === null) {
    return false;
  }
  const control = element.matches("input, textarea, select, button, [tabindex]")
    ? element
    : (element.querySelector<HTMLElement>("input:not([type=file]), textarea, button, [tabindex]") ?? element);
  control.scrollIntoView({ block: "center" });
  control.focus({ preventScroll: true });
  return true;
}

/** All fields that a form has now. */
export function fieldsOf<V>(form: FormInstance<V>): FieldPath[] {
  return form.getFieldsError().map(({ name }) => name);
}

