import { may, useSignedIn } from "@/rooms/identity/session";
import { DeskCard } from "@/rooms/overview/DeskCard";
import { AlarmsCard, ChannelsCard } from "@/rooms/overview/LineCards";
import { TenantsCard } from "@/rooms/overview/TenantsCard";

/** 总览 of the platform's people: each block for who may see what it leads to. */
export function PlatformOverview() {
  const { session } = useSignedIn();
  const seesLine = may(session, "hongyan:channel:list");
  return (
    <>
      {may(session, "hongyan:review:list") && <DeskCard />}
      <div className="cards">
        {seesLine && <AlarmsCard />}
        {seesLine && <ChannelsCard />}
        {may(session, "hongyan:tenant:list") && <TenantsCard />}
      </div>
    </>
  );
}
