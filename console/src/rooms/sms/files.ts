/** Pictures that were uploaded before, as the kit's parts show them. */
import type { components } from "@/client/schema";
import type { Uploaded } from "@/kit/useUploads";
import { useSignedIn } from "@/rooms/identity/session";

export function useUploadedFiles(files: readonly components["schemas"]["FileView"][]): Uploaded[] {
  const { session } = useSignedIn();
  const tenantId = session.tenant?.id ?? "";
  return files.map(({ file_id: id, name, size_bytes: size }) => ({ id, name, size, url: `/console/api/sms/files/${tenantId}/${id}` }));
}
