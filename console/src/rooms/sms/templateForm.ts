/** What the form of a template holds, and what of it is sent. */
import type { SmsType } from "@/rooms/sms/words";
import type { Template, TemplateBody, TemplateDraft, VariableType } from "@/rooms/sms/queries";
import { numbersIn } from "@/rooms/sms/variables";

export interface VariableValues {
  variable_type: VariableType;
  variable_desc?: string;
  /** To try the text with; it is not submitted. */
  example?: string;
}

export interface TemplateValues {
  template_name: string;
  template_type: SmsType;
  app_id?: string;
  signature_id?: string;
  template_content: string;
  /** By the variable's number; what is at 0 is nothing. */
  variable_attributes: (VariableValues | undefined)[];
  template_desc?: string;
}

export const MAX_CONTENT = 500;

export function valuesOf(template: Template | undefined, name: string | undefined): Partial<TemplateValues> {
  const variables: (VariableValues | undefined)[] = [];
  for (const { variable_index: index, variable_type, variable_desc } of template?.variable_attributes ?? []) {
    variables[index] = { variable_type, variable_desc, example: "" };
  }
  return {
    template_name: name,
    template_type: template?.template_type ?? "NOTIFY_TYPE",
    app_id: template?.app_id,
    signature_id: template?.signature_id,
    template_content: template?.template_content ?? "",
    variable_attributes: variables,
    template_desc: template?.template_desc,
  };
}

/** Return the request; only variables that stand in the text go along. */
export function bodyOf(values: Partial<TemplateValues>): TemplateBody & Required<Pick<TemplateBody, "variable_attributes">> {
  const content = values.template_content ?? "";
  return {
    template_name: values.template_name?.trim() ?? "",
    template_type: values.template_type ?? null,
    app_id: values.app_id ?? "",
    signature_id: values.signature_id ?? "",
    template_content: content,
    variable_attributes: numbersIn(content)
      .sort((one, other) => one - other)
      .map((index) => ({
        variable_index: index,
        variable_type: values.variable_attributes?.[index]?.variable_type ?? "TEXT",
        variable_desc: values.variable_attributes?.[index]?.variable_desc?.trim() ?? "",
      }))
      .filter(({ variable_index: index }) => index > 0),
    template_desc: values.template_desc ?? "",
  };
}

/** Return what is looked at while somebody types: descriptions may still be missing. */
export function draftOf(values: Partial<TemplateValues>): TemplateDraft {
  const body = bodyOf(values);
  const examples = body.variable_attributes.map(({ variable_index: index }) => [
    String(index),
    values.variable_attributes?.[index]?.example?.trim() ?? "",
  ]);
  return { ...body, examples: Object.fromEntries(examples) as Record<string, string> };
}
