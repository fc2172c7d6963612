import { CheckOutlined, MinusOutlined } from "@ant-design/icons";
import { Card, Descriptions, Table } from "antd";
import { useTranslation } from "react-i18next";

import type { Role } from "@/rooms/identity/session";

export const TENANT_ROLES = ["te_admin", "campaign_operator", "developer", "read_only"] as const satisfies readonly Role[];
export const PLATFORM_ROLES = ["platform_operator", "reviewer"] as const satisfies readonly Role[];

type Ability = "query" | "send" | "files" | "lists" | "accounts" | "unbind" | "keys" | "admin";

/** Who may do what; the server decides, this explains. */
const ABILITIES: readonly { ability: Ability; roles: readonly Role[] }[] = [
  { ability: "query", roles: ["te_admin", "campaign_operator", "developer", "read_only"] },
  { ability: "send", roles: ["te_admin", "campaign_operator", "developer"] },
  { ability: "files", roles: ["te_admin", "campaign_operator"] },
  { ability: "lists", roles: ["te_admin", "campaign_operator", "read_only"] },
  { ability: "accounts", roles: ["te_admin", "campaign_operator"] },
  { ability: "unbind", roles: ["te_admin"] },
  { ability: "keys", roles: ["te_admin", "campaign_operator", "developer"] },
  { ability: "admin", roles: ["te_admin"] },
];

const ABILITY_PX = 320;
const ROLE_PX = 110;

/** What each role of a tenant, or of the platform, may do. */
export function RoleMatrix({ isPlatform }: { isPlatform: boolean }) {
  const { t } = useTranslation();
  if (isPlatform) {
    return (
      <Card title={t("identity.people.matrix")}>
        <Descriptions
          column={1}
          items={PLATFORM_ROLES.map((role) => ({ key: role, label: t(`role.${role}`), children: t(`identity.people.platformRoles.${role}`) }))}
        />
      </Card>
    );
  }
  return (
    <Card title={t("identity.people.matrix")} styles={{ body: { padding: 0 } }}>
      <Table
        size="small"
        rowKey="ability"
        pagination={false}
        scroll={{ x: ABILITY_PX + ROLE_PX * TENANT_ROLES.length }}
        dataSource={[...ABILITIES]}
        columns={[
          {
            key: "ability",
            title: t("identity.people.ability"),
            width: ABILITY_PX,
            render: (_: unknown, { ability }) => t(`identity.people.abilities.${ability}`),
          },
          ...TENANT_ROLES.map((role) => ({
            key: role,
            title: t(`role.${role}`),
            width: ROLE_PX,
            align: "center" as const,
            render: (_: unknown, { roles }: (typeof ABILITIES)[number]) =>
              roles.includes(role) ? (
                <CheckOutlined role="img" aria-label={t("identity.people.can")} />
              ) : (
                <MinusOutlined role="img" aria-label={t("identity.people.cannot")} className="faint" />
              ),
          })),
        ]}
      />
    </Card>
  );
}
