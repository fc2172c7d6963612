import { UploadField } from "@/kit/UploadField";
import type { Uploaded } from "@/kit/useUploads";
import { useSignedIn } from "@/rooms/identity/session";
import { pictureUrl, type PictureUse, sendPicture } from "@/rooms/service_accounts/queries";

const KB = 1024;
const LIMITS: Record<PictureUse, number> = { PUB_LOGO: 100 * KB, BG_IMAGE: 4 * KB * KB, FASTAPP_LOGO: 4 * KB * KB, OTHER: 4 * KB * KB };
const TYPES = [".jpg", ".jpeg", ".png", ".bmp"];

interface PictureFieldProps {
  id?: string;
  value?: readonly Uploaded[];
  onChange?: (files: Uploaded[]) => void;
  use: PictureUse;
  max?: number;
  hint: string;
  sample?: React.ReactNode;
}

/** A picture that is sent at once; the server says what it keeps, and shows it from then on. */
export function PictureField({ value = [], use, ...field }: PictureFieldProps) {
  const { session } = useSignedIn();
  // A draft may come from another visit, whose pictures in memory are gone.
  const shown = value.map((file) => ({ ...file, url: pictureUrl(session.tenant?.id ?? "", file.id) }));
  return <UploadField {...field} value={shown} types={TYPES} maxBytes={LIMITS[use]} send={sendPicture(use)} />;
}
